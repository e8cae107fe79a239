/** The authorisation table: who may call which method. */
@NullMarked
package im.hongyan.wire.authz;

import org.jspecify.annotations.NullMarked;
