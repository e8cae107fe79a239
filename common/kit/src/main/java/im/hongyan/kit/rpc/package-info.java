/** gRPC server and client glue: errors, authorisation, metrics. */
@NullMarked
package im.hongyan.kit.rpc;

import org.jspecify.annotations.NullMarked;
