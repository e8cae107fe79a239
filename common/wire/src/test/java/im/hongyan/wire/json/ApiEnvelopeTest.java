package im.hongyan.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.proto.sdkws.RequestPagination;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves the forms of the few routes whose data is a list or whose body may have more behind it.
 */
class ApiEnvelopeTest {
  private static final RequestPagination PAGE =
      RequestPagination.newBuilder().setPageNumber(1).build();

  private static String ofList(List<RequestPagination> answers) {
    return new String(ApiEnvelope.successOfList(answers), StandardCharsets.UTF_8);
  }

  @Test
  void aListIsDataOfItsOwnAndAnEmptyOneNull() {
    String head = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":";
    String page = "{\"pageNumber\":1,\"showNumber\":0}";
    assertThat(ofList(List.of())).isEqualTo(head + "null}");
    assertThat(ofList(List.of(PAGE))).isEqualTo(head + "[" + page + "]}");
    assertThat(ofList(List.of(PAGE, PAGE))).isEqualTo(head + "[" + page + "," + page + "]}");
  }

  @Test
  void onlyTheFirstValueIsReadWhereNoMoreIsAskedFor() throws GoJsonException {
    byte[] json = "{\"pageNumber\":1} more".getBytes(StandardCharsets.UTF_8);
    assertThat(GoJsonReader.readFirst(json, RequestPagination.getDefaultInstance()))
        .isEqualTo(PAGE);
    assertThatThrownBy(() -> GoJsonReader.readRequest(json, RequestPagination.getDefaultInstance()))
        .isInstanceOf(GoJsonException.class);
  }
}
