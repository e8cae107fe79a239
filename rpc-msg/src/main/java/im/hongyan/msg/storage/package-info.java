/** What messages keep in stores of their own. */
@NullMarked
package im.hongyan.msg.storage;

import org.jspecify.annotations.NullMarked;
