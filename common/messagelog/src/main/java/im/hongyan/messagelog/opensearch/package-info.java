/**
 * The index of words in OpenSearch (docs/decisions/0014); its classes are loaded where it is used.
 */
@NullMarked
package im.hongyan.messagelog.opensearch;

import org.jspecify.annotations.NullMarked;
