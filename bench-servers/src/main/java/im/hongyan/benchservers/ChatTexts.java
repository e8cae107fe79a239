package im.hongyan.benchservers;

import java.util.Arrays;
import java.util.Random;

/**
 * Texts as chats have them, half of them in words and half in Chinese characters, by Zipf's law
 * over a vocabulary that is made up. The same seed gives the same texts. Single-threaded.
 */
final class ChatTexts {
  private static final int WORDS = 100_000;
  private static final int CHARACTERS = 3_500;
  private static final int FIRST_CHARACTER = 0x4e00;
  private static final int MEAN_WORDS = 8;
  private static final int MEAN_CHARACTERS = 12;

  private final Random random;
  private final double[] words = zipf(WORDS);
  private final double[] characters = zipf(CHARACTERS);

  ChatTexts(long seed) {
    random = new Random(seed);
  }

  private static double[] zipf(int size) {
    double[] sums = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += 1.0 / (i + 2);
      sums[i] = sum;
    }
    return sums;
  }

  private int rank(double[] sums) {
    int found = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
    return found < 0 ? -found - 1 : found;
  }

  /** The word of a rank, 0 for the most frequent one. */
  static String word(int rank) {
    StringBuilder word = new StringBuilder();
    for (int rest = rank + 26; rest > 0; rest /= 26) {
      word.append((char) ('a' + rest % 26));
    }
    return word.toString();
  }

  /** The character of a rank. */
  static String character(int rank) {
    return Character.toString(FIRST_CHARACTER + 7 * rank % 20_000);
  }

  String next() {
    StringBuilder text = new StringBuilder();
    if (random.nextBoolean()) {
      for (int left = 1 + random.nextInt(2 * MEAN_WORDS); left > 0; left--) {
        text.append(word(rank(words))).append(' ');
      }
    } else {
      for (int left = 1 + random.nextInt(2 * MEAN_CHARACTERS); left > 0; left--) {
        text.append(character(rank(characters)));
      }
    }
    return text.toString();
  }
}
