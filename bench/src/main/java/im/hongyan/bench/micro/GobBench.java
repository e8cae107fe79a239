package im.hongyan.bench.micro;

import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
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

/**
 * The gob envelope: decoding a request of about 300 bytes, encoding a push, and gzip around them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class GobBench {
  private static final int MAX_BYTES = 1 << 20;

  private final GobFrameCodec codec = new GobFrameCodec();
  private final byte[] request = codec.encodeRequest(Samples.request());
  private final byte[] foreignRequest = foreign(request);
  private final byte[] zipped = Gzip.compress(request);
  private final ResponseFrame push = Samples.push();

  /** A definition whose bytes are not recognised, so that it is parsed: another type name. */
  private static byte[] foreign(byte[] frame) {
    byte[] other = frame.clone();
    other[8] = 'X';
    return other;
  }

  /** A request of an official SDK. */
  @Benchmark
  public RequestFrame decodeRequest() throws MalformedFrameException {
    return codec.decodeRequest(request);
  }

  /** The same from a peer whose type definition must be parsed. */
  @Benchmark
  public RequestFrame decodeForeignRequest() throws MalformedFrameException {
    return codec.decodeRequest(foreignRequest);
  }

  /** A request of an official SDK, gzip included. */
  @Benchmark
  public RequestFrame inflateAndDecodeRequest() throws MalformedFrameException {
    return codec.decodeRequest(Gzip.inflate(zipped, MAX_BYTES));
  }

  /** A pushed message. */
  @Benchmark
  public byte[] encodePush() {
    return codec.encodeResponse(push);
  }

  /** A pushed message, gzip included. */
  @Benchmark
  public byte[] encodeAndCompressPush() {
    return Gzip.compress(codec.encodeResponse(push));
  }
}
