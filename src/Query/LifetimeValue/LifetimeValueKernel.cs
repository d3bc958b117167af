using Cairn.Query.Definitions;

namespace Cairn.Query.LifetimeValue;

/// <summary>What one person had brought at each age.</summary>
/// <remarks>Meaning: docs/semantics/lifetime-value.md; the naive twin is the tests' oracle.</remarks>
static class LifetimeValueKernel
{
    const long DayMs = 86_400_000;

    /// <summary>How many of the ages a person has reached.</summary>
    /// <param name="ages">Days, ascending.</param>
    public static int Reached(long birthMs, long nowMs, ReadOnlySpan<int> ages)
    {
        var reached = 0;
        while (reached < ages.Length && birthMs + ages[reached] * DayMs <= nowMs) reached++;
        return reached;
    }

    /// <summary>Adds up one person's amounts.</summary>
    /// <param name="times">Of the person's rows, Unix milliseconds, ascending.</param>
    /// <param name="amounts">What each brought; NaN: nothing.</param>
    /// <param name="birthMs">What came before it does not count; what came with it does.</param>
    /// <param name="ages">Days, ascending: what came less than so many days after birth counts at an age.</param>
    /// <param name="sums">Set: for each age what had come in by then.</param>
    /// <param name="firstPaid">Set to the first age at which the person had paid; as many as there are ages where it was later; -1 for never.</param>
    /// <returns>What came in altogether.</returns>
    public static double Sum(ReadOnlySpan<long> times, ReadOnlySpan<double> amounts, long birthMs, ReadOnlySpan<int> ages, Payers payers, Span<double> sums, out int firstPaid)
    {
        firstPaid = -1;
        var (total, age) = (0.0, 0);
        for (var i = 0; i < times.Length; i++)
        {
            if (double.IsNaN(amounts[i]) || times[i] < birthMs) continue;
            while (age < ages.Length && times[i] >= birthMs + ages[age] * DayMs) sums[age++] = total;
            total += amounts[i];
            if (firstPaid < 0 && Pays(amounts[i], payers)) firstPaid = age;
        }
        sums[age..].Fill(total);
        return total;
    }

    /// <summary>Whether an amount makes its person one who pays.</summary>
    public static bool Pays(double amount, Payers payers) => amount > 0 || payers == Payers.AnyAmount && !double.IsNaN(amount);
}
