/** The processes: which services each runs, their stores, start and stop. */
@NullMarked
package im.hongyan.server;

import org.jspecify.annotations.NullMarked;
