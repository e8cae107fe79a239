/** The inbox of the last days, in MongoDB. */
@NullMarked
package im.hongyan.messagelog.mongo;

import org.jspecify.annotations.NullMarked;
