package im.hongyan.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the dependency rules of the design on the compiled classes. */
class HouseRulesTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // The client's fake servers, which are packed for other modules' tests.
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("im.hongyan");

  @Test
  void theCodecsDoNoInputOutputAndHaveNoThreads() {
    noClasses()
        .that()
        .resideInAPackage("im.hongyan.wire..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.net..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.sql..",
            "io.netty..",
            "io.grpc..",
            "im.hongyan.client..",
            "im.hongyan.testkit..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.util.concurrent.Executor.class)
        .check(OURS);
  }

  @Test
  void theClientStandsOnProtoAndWireAlone() {
    classes()
        .that()
        .resideInAPackage("im.hongyan.client..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.net.ssl..",
            "im.hongyan.client..",
            "im.hongyan.wire..",
            "im.hongyan.proto..",
            "com.google.protobuf..",
            "org.jspecify..")
        .check(OURS);
  }

  @Test
  void noPackagesFormACycle() {
    slices().matching("im.hongyan.(**)").should().beFreeOfCycles().check(OURS);
  }

  private static final List<String> SERVICES =
      List.of("auth", "relation", "msg", "transfer", "push", "gatewayws", "gatewayhttp");

  @Test
  void servicesNeverImportEachOther() {
    for (String service : SERVICES) {
      String[] others =
          SERVICES.stream()
              .filter(other -> !other.equals(service))
              .map(other -> "im.hongyan." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("im.hongyan." + service + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(OURS);
    }
  }

  @Test
  void onlyStandaloneKnowsEmbeddedStores() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "im.hongyan.embedded..", "im.hongyan.standalone..", "im.hongyan.testkit..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("im.hongyan.embedded..")
        .check(OURS);
  }

  @Test
  void kitKnowsNoStore() {
    noClasses()
        .that()
        .resideInAPackage("im.hongyan.kit..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "im.hongyan.drivers..",
            "im.hongyan.messagelog..",
            "java.sql..",
            "com.mongodb..",
            "io.lettuce..",
            "org.apache.kafka..",
            "io.etcd..")
        .check(OURS);
  }

  @Test
  void driverLibrariesAreImportedByStorageOnly() {
    noClasses()
        .that()
        .resideInAPackage("im.hongyan..")
        .and()
        .resideOutsideOfPackages(
            "im.hongyan.drivers..",
            "im.hongyan.messagelog..",
            "im.hongyan.presence..",
            "im.hongyan.embedded..",
            "im.hongyan.testkit..",
            "im.hongyan..storage..")
        // rpc-relation's features have one store class each beside their rules.
        .and()
        .haveNameNotMatching("im\\.hongyan\\.relation\\.\\w+\\.\\w+(Store|Rows|Logs)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "org.jdbi..",
            "com.mongodb..",
            "io.lettuce..",
            "org.apache.kafka..",
            "io.etcd..")
        .check(OURS);
  }

  /** Its libraries are on the class path of two services, and loaded where it is chosen. */
  @Test
  void theSecondSearchEngineIsKnownInOnePackage() {
    noClasses()
        .that()
        .resideInAPackage("im.hongyan..")
        .and()
        .resideOutsideOfPackages(
            "im.hongyan.messagelog.opensearch..", "im.hongyan.testkit.opensearch..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.opensearch..", "org.apache.hc..", "jakarta.json..")
        .check(OURS);
  }

  private static final List<String> FEATURES =
      List.of("im.hongyan.relation.", "im.hongyan.msg.", "im.hongyan.push.", "im.hongyan.auth.");

  /**
   * A feature reads another feature's data through that feature's class, never through its store.
   */
  @Test
  void featuresNeverImportEachOthersStores() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Store")
        .and(DescribedPredicate.describe("belong to a feature", HouseRulesTest::isOfFeature))
        .should(
            new ArchCondition<>("be used by their own feature and put together by its module") {
              @Override
              public void check(JavaClass store, ConditionEvents events) {
                store.getDirectDependenciesToSelf().stream()
                    .map(Dependency::getOriginClass)
                    .filter(user -> !user.getPackageName().equals(store.getPackageName()))
                    .filter(user -> !user.getSimpleName().endsWith("Module"))
                    // An implementation beside its driver, where a schedule needs another one.
                    .filter(user -> !user.isAssignableTo(store.getName()))
                    .forEach(user ->
                        events.add(
                            SimpleConditionEvent.violated(
                                user, user.getName() + " uses " + store.getName())));
              }
            })
        .check(OURS);
  }

  private static boolean isOfFeature(JavaClass store) {
    return FEATURES.stream().anyMatch(store.getName()::startsWith);
  }
}
