package im.hongyan.standalone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Proves that main sources use the field's words, so that a reader can search the web for each:
 * names of our own that were replaced do not come back. {@link #WORDS} have no use that a plainer
 * word would not serve: they are refused everywhere, also as a part of an identifier. {@link
 * #NAMES} are compounds, refused in any case of their first letter. {@link #TYPES} are ordinary
 * words too (a lane waits for its turn), so only a type may not have them as its name. What OpenIM
 * wrote keeps its words.
 */
class WordsTest {
  private static final List<String> WORDS =
      List.of(
          "told",
          "tell",
          "tells",
          "telling",
          "heard",
          "patience",
          "surroundings",
          "standing",
          "hurries",
          "goodbye");

  private static final List<String> NAMES =
      List.of(
          "answerSize",
          "callProof",
          "everyNode",
          "frameForm",
          "httpAnswer",
          "httpCall",
          "httpPace",
          "laneRoom",
          "lastWords",
          "operatorPages",
          "presenceLedger",
          "presenceNews",
          "recipientPlaces",
          "relationMemory",
          "statusWatch",
          "takenPushes",
          "wakingCalls",
          "wholeRequests");

  private static final List<String> TYPES =
      List.of(
          "Authorising",
          "Chats",
          "Counting",
          "Elements",
          "Entering",
          "Entrance",
          "Existing",
          "Forget",
          "Gathering",
          "Intake",
          "Letter",
          "Limiting",
          "Line",
          "Lines",
          "Notice",
          "Outcome",
          "Part",
          "Preparing",
          "Quotes",
          "Remembered",
          "Routed",
          "Settled",
          "Stretch",
          "Turns");

  private static final Pattern REFUSED =
      Pattern.compile(
          String.join(
              "|",
              "(?<![A-Za-z])" + any(WORDS, word -> word) + "(?![a-z])", // told, toldAt
              any(WORDS, WordsTest::capital) + "(?![a-z])", // isTold
              "(?<![A-Z])" + any(WORDS, WordsTest::upper) + "(?![A-Z])", // ALL_TOLD
              any(NAMES, name -> name) + "(?![a-z])",
              any(NAMES, WordsTest::capital) + "(?![a-z])",
              "\\b(?:class|enum|interface|message|record) " + any(TYPES, type -> type) + "\\b"));

  private static String any(List<String> words, UnaryOperator<String> form) {
    return words.stream().map(form).collect(Collectors.joining("|", "(?:", ")"));
  }

  private static String capital(String word) {
    return upper(word.substring(0, 1)) + word.substring(1);
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  private static List<String> faults(String name, String text) {
    List<String> faults = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Matcher matcher = REFUSED.matcher(line);
      while (matcher.find()) {
        faults.add(name + ":" + number + " " + matcher.group());
      }
    }
    return faults;
  }

  @Test
  void mainSourcesUseTheFieldsWords() {
    Repository repository = new Repository();
    List<String> faults = new ArrayList<>();
    for (Path file : repository.files(".java", ".lua", ".proto", ".sql")) {
      String name = repository.name(file);
      if (name.contains("/src/main/") && !name.startsWith("proto/src/main/proto/openim/")) {
        faults.addAll(faults(name, Repository.read(file)));
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void refusedWordsAreFound() {
    String text =
        """
        // who is told
        int toldAt; // and isTold
        Duration PATIENCE = WAIT_PATIENCE;
        OperatorPages operatorPages;
        record Settled(int lane) {}
        """;
    assertThat(faults("a.java", text))
        .containsExactly(
            "a.java:1 told",
            "a.java:2 told",
            "a.java:2 Told",
            "a.java:3 PATIENCE",
            "a.java:3 PATIENCE",
            "a.java:4 OperatorPages",
            "a.java:4 operatorPages",
            "a.java:5 record Settled");
    assertThat(
            faults(
                "a.java",
                "// withheld, outstanding, a storyteller's frameFormat; httpCallback chats in turns"))
        .isEmpty();
  }
}
