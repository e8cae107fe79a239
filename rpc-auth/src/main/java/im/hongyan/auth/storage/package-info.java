/** Where tokens are kept. */
@NullMarked
package im.hongyan.auth.storage;

import org.jspecify.annotations.NullMarked;
