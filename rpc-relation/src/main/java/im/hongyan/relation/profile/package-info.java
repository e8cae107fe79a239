/** What a changed nickname or face means for those who keep a copy of it. */
@NullMarked
package im.hongyan.relation.profile;

import org.jspecify.annotations.NullMarked;
