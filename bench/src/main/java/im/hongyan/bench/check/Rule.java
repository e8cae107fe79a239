package im.hongyan.bench.check;

import java.util.List;

/** One rule of the delivery promise. Stateless. */
public interface Rule {
  /** Its name, as printed. */
  String name();

  /** Everything that breaks it, in no particular order; empty when it holds. */
  List<Violation> check(Facts facts);
}
