/** The stores of a process: which ones, and opening them. One package per kind below. */
@NullMarked
package im.hongyan.stores;

import org.jspecify.annotations.NullMarked;
