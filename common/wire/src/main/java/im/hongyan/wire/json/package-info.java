/**
 * JSON as Go's standard encoder writes and reads generated protobuf structs (protobuf/README.md).
 */
@NullMarked
package im.hongyan.wire.json;

import org.jspecify.annotations.NullMarked;
