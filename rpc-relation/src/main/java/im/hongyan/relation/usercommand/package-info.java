/** Lists of keys that users keep. */
@NullMarked
package im.hongyan.relation.usercommand;

import org.jspecify.annotations.NullMarked;
