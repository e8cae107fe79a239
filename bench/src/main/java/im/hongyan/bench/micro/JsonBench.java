package im.hongyan.bench.micro;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import im.hongyan.wire.json.GoJsonWriter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Go-style JSON: writing and reading a message with 20 fields set, and the JSON envelope. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class JsonBench {
  private final MsgData message = Samples.message();
  private final byte[] json = GoJsonWriter.toBytes(message);
  private final JsonFrameCodec codec = new JsonFrameCodec();
  private final ResponseFrame push = Samples.push();

  /** A REST answer's body. */
  @Benchmark
  public byte[] writeMessage() {
    return GoJsonWriter.toBytes(message);
  }

  /** A REST request's body. */
  @Benchmark
  public MsgData readMessage() throws GoJsonException {
    return GoJsonReader.read(json, MsgData.getDefaultInstance());
  }

  /** A pushed message in a JSON envelope. */
  @Benchmark
  public byte[] encodePush() {
    return codec.encodeResponse(push);
  }
}
