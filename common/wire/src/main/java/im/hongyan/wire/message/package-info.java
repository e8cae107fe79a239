/** What messages say of themselves in numbers and keys: content types, status, options, origin. */
@NullMarked
package im.hongyan.wire.message;

import org.jspecify.annotations.NullMarked;
