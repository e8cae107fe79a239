/** What the .proto files say about their RPCs: routes, rights, argument checks. No evaluation. */
@NullMarked
package im.hongyan.proto;

import org.jspecify.annotations.NullMarked;
