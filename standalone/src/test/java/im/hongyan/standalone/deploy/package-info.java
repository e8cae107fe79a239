/**
 * Tests of what operators deploy: the release archive, docker-compose.yml and what stands in
 * deploy.
 */
@NullMarked
package im.hongyan.standalone.deploy;

import org.jspecify.annotations.NullMarked;
