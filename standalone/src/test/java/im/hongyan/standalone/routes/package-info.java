/** Scripts that play REST routes through the HTTP gateway and compare whole bodies. */
@NullMarked
package im.hongyan.standalone.routes;

import org.jspecify.annotations.NullMarked;
