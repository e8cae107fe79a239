/** Configuration: one YAML file under environment variables, every key known. */
@NullMarked
package im.hongyan.kit.config;

import org.jspecify.annotations.NullMarked;
