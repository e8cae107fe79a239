package im.hongyan.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that the compiled descriptors are the specification's tables, no message, field, number,
 * type, order of declaration or method more or less.
 */
class SpecTablesTest {
  private static Specification specification = new Specification();

  @BeforeAll
  static void readSpecification() throws IOException {
    specification = Specification.read();
  }

  @Test
  void messagesAndFieldsAreTheSame() {
    assertThat(Compiled.messages()).containsExactlyEntriesOf(specification.messages);
  }

  @Test
  void methodsAreTheSame() {
    assertThat(Compiled.methods()).containsExactlyInAnyOrderElementsOf(specification.methods);
  }

  @Test
  void enumsAreTheSame() {
    assertThat(Compiled.enums()).containsExactlyInAnyOrderElementsOf(specification.enums);
    assertThat(Compiled.enums()).hasSize(2);
  }

  @Test
  void totalsAreThoseOfTheIndex() {
    Map<String, List<String>> messages = Compiled.messages();
    assertThat(messages).hasSize(558);
    assertThat(messages.values().stream().mapToInt(List::size).sum()).isEqualTo(1420);
    assertThat(Compiled.methods()).hasSize(193);
  }

  @Test
  void everyPackageHasTheCountsOfTheIndex() {
    assertThat(specification.index).hasSize(13);
    Map<String, List<Integer>> counts =
        specification.index.keySet().stream()
            .collect(Collectors.toMap(name -> name, SpecTablesTest::counts));
    assertThat(counts).containsExactlyInAnyOrderEntriesOf(specification.index);
  }

  private static List<Integer> counts(String name) {
    List<List<String>> messages =
        Compiled.messages().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(name + "."))
            .map(Map.Entry::getValue)
            .toList();
    int methods =
        (int) Compiled.methods().stream().filter(line -> line.startsWith(name + ".")).count();
    return List.of(messages.size(), messages.stream().mapToInt(List::size).sum(), methods);
  }

  @Test
  void allFilesAreProto3() {
    for (FileDescriptor file : Compiled.FILES) {
      assertThat(file.toProto().getSyntax()).as(file.getName()).isEqualTo("proto3");
    }
  }
}
