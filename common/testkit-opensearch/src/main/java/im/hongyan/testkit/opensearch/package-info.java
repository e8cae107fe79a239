/** A real OpenSearch server for tests. */
@NullMarked
package im.hongyan.testkit.opensearch;

import org.jspecify.annotations.NullMarked;
