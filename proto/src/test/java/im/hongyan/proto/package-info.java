/** Proves the .proto files against the specification. */
package im.hongyan.proto;
