@org.jspecify.annotations.NullMarked
package im.hongyan.standalone;
