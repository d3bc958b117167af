using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Stickiness;

/// <summary>What a stickiness report came to.</summary>
/// <param name="Overall">All people.</param>
/// <param name="Series">Those of the breakdowns' values, the most people first.</param>
/// <param name="SeriesBeforeLimit">How many of them there were before the limit.</param>
public sealed record StickinessAnswer(StickinessSeries Overall, IReadOnlyList<StickinessSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="Keys">The value of each breakdown as text.</param>
/// <param name="Rows">One for each period of the range.</param>
public sealed record StickinessSeries(IReadOnlyList<string> Keys, IReadOnlyList<StickinessRow> Rows);

/// <summary>One period.</summary>
/// <param name="Start">The local time it begins at; the range may cut it off.</param>
/// <param name="Size">People active in it at all.</param>
/// <param name="Exactly">How many of them were active on one unit of it, on two, …</param>
/// <param name="AtLeast">Likewise on one or more, two or more, …</param>
/// <param name="IsComplete">Whether it is over.</param>
public sealed record StickinessRow(LocalDateTime Start, int Size, IReadOnlyList<int> Exactly, IReadOnlyList<int> AtLeast, bool IsComplete);
