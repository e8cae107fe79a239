/** The authorisation table: who may call which method. Pure decisions, no look-ups. */
@NullMarked
package im.hongyan.wire.authz;

import org.jspecify.annotations.NullMarked;
