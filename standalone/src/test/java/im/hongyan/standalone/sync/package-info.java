/** What official clients ask for after a login, and the copies that they keep of it. */
@NullMarked
package im.hongyan.standalone.sync;

import org.jspecify.annotations.NullMarked;
