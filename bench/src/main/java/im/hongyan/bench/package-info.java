/** The command line of the load generator. */
@NullMarked
package im.hongyan.bench;

import org.jspecify.annotations.NullMarked;
