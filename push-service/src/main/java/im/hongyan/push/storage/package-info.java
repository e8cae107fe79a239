/** Where push tokens are kept. */
@NullMarked
package im.hongyan.push.storage;

import org.jspecify.annotations.NullMarked;
