using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Revenue;

/// <summary>What a revenue report came to.</summary>
/// <param name="Overall">All events.</param>
/// <param name="Series">Those of the breakdowns' values, the most revenue first.</param>
/// <param name="SeriesBeforeLimit">How many of them there were before the limit.</param>
public sealed record RevenueAnswer(RevenueSeries Overall, IReadOnlyList<RevenueSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="Keys">The value of each breakdown as text.</param>
/// <param name="Rows">One for each bucket of the range.</param>
/// <param name="Whole">The range as one, each person once.</param>
public sealed record RevenueSeries(IReadOnlyList<string> Keys, IReadOnlyList<RevenueRow> Rows, RevenueRow Whole);

/// <summary>One bucket. Amounts are in the currency that was sent: nothing is converted.</summary>
/// <param name="Start">The local time it begins at; of the whole range, that of its first bucket.</param>
/// <param name="Revenue">All amounts, refunds taken off.</param>
/// <param name="Refunds">The amounts below zero; 0 or less.</param>
/// <param name="Purchases">Events with an amount above zero.</param>
/// <param name="Payers">People who paid.</param>
/// <param name="Active">People who were active.</param>
/// <param name="IsComplete">Whether it is over.</param>
public sealed record RevenueRow(LocalDateTime Start, double Revenue, double Refunds, int Purchases, int Payers, int Active, bool IsComplete)
{
    /// <summary>Revenue for each active person; 0 where nobody was.</summary>
    public double PerUser => Active == 0 ? 0 : Revenue / Active;

    /// <summary>Revenue for each person who paid; 0 where nobody did.</summary>
    public double PerPayer => Payers == 0 ? 0 : Revenue / Payers;
}
