using Cairn.Projects.Aggregates;

namespace Cairn.Projects.Reports.Daily;

/// <summary>How far a project's daily reports have come.</summary>
/// <param name="TimeZone">The zone its days are in; when the project's is another, all begins anew.</param>
/// <param name="Rows">What has been looked at of event rows.</param>
/// <param name="SeenLinks">By "stream/partition": the last seq of link claims that was looked at.</param>
/// <param name="SeenProfiles">The same of updates of people's and groups' profiles, by kind and "stream/partition".</param>
/// <param name="Erasures">Requests to erase somebody that were there then.</param>
/// <param name="Reports">By their ids.</param>
public sealed record DailyState(
    string TimeZone,
    AggregateState Rows,
    IReadOnlyDictionary<string, long> SeenLinks,
    IReadOnlyDictionary<string, long> SeenProfiles,
    int Erasures,
    IReadOnlyDictionary<string, ReportDays> Reports)
{
    public static DailyState Fresh(string timeZone) => new(timeZone, AggregateState.Fresh(timeZone), new Dictionary<string, long>(), new Dictionary<string, long>(), 0, new Dictionary<string, ReportDays>());

    /// <summary>Whether a report's answer of a day is stored and nothing is known that would change it.</summary>
    public bool IsGood(string reportId, string definitionKey, DateOnly date) =>
        Reports.TryGetValue(reportId, out var days) && days.DefinitionKey == definitionKey && date >= days.GoodFrom && date <= days.Through && !days.Due.Contains(date);

    /// <summary>What is due of all reports, the newest days first.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<(string ReportId, DateOnly Date)> NewestDue(int most) =>
        [.. Reports.SelectMany(pair => pair.Value.Due.Select(date => (pair.Key, date))).OrderByDescending(due => due.date).ThenBy(due => due.Key, StringComparer.Ordinal).Take(most)];

    /// <summary>The state once some of it is done.</summary>
    public DailyState Without(IReadOnlyCollection<(string ReportId, DateOnly Date)> done)
    {
        var left = new Dictionary<string, ReportDays>(Reports, StringComparer.Ordinal);
        foreach (var group in done.ToLookup(one => one.ReportId, one => one.Date))
            left[group.Key] = left[group.Key] with { Due = [.. left[group.Key].Due.Except(group)] };
        return this with { Reports = left };
    }

    /// <summary>Whether nothing was found since: most runs find nothing new and write nothing.</summary>
    public bool SaysTheSameAs(DailyState other) =>
        TimeZone == other.TimeZone && Erasures == other.Erasures
        && SeenMessages.AreSame(Rows.SeenSeqs, other.Rows.SeenSeqs) && Rows.SeenParts.SequenceEqual(other.Rows.SeenParts, StringComparer.Ordinal)
        && SeenMessages.AreSame(SeenLinks, other.SeenLinks) && SeenMessages.AreSame(SeenProfiles, other.SeenProfiles)
        && Reports.Count == other.Reports.Count
        && Reports.All(pair => other.Reports.TryGetValue(pair.Key, out var days) && days.Says(pair.Value));
}

/// <summary>The days of one report.</summary>
/// <param name="First">The first day that was taken up: the last that had closed when the report was found.</param>
/// <param name="Through">The last day that was taken up once it had closed.</param>
/// <param name="GoodFrom">Days before it are kept as what was known then, and given to nobody who asks what is known now: profiles have changed that they read.</param>
/// <param name="Due">Days to compute, or to compute again; ascending.</param>
public sealed record ReportDays(string DefinitionKey, DateOnly First, DateOnly Through, DateOnly GoodFrom, IReadOnlyList<DateOnly> Due)
{
    /// <summary>Whether two say the same.</summary>
    public bool Says(ReportDays other) => this with { Due = other.Due } == other && Due.SequenceEqual(other.Due);
}
