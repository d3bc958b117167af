namespace Cairn.Projects.Reports;

/// <summary>What became of a change of a report.</summary>
public abstract record ReportChange
{
    /// <summary>It is kept as <paramref name="Report"/>.</summary>
    public sealed record Kept(SavedReport Report) : ReportChange;

    /// <summary>There is no such report, or no such version of it.</summary>
    public sealed record NotThere : ReportChange;

    /// <summary>Somebody else changed it meanwhile; it is at <paramref name="Version"/>.</summary>
    public sealed record ChangedMeanwhile(int Version) : ReportChange;

    /// <summary>It has as many versions as there may be, or the project as many reports.</summary>
    public sealed record Full(string Detail) : ReportChange;
}
