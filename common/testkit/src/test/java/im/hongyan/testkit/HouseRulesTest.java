package im.hongyan.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Proves the dependency rules of the design on the compiled classes. */
class HouseRulesTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
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
  void everyClassLivesInAPackageOfItsModule() {
    classes()
        .that()
        .resideInAPackage("im.hongyan..")
        .should()
        .resideInAnyPackage(
            "im.hongyan.proto..",
            "im.hongyan.wire..",
            "im.hongyan.client..",
            "im.hongyan.testkit..")
        .check(OURS);
  }
}
