/** What differs between one JVM and many processes. */
@NullMarked
package im.hongyan.kit.service;

import org.jspecify.annotations.NullMarked;
