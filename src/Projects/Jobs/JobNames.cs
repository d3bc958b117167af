namespace Cairn.Projects.Jobs;

/// <summary>The jobs that the clock starts, by the names of their functions.</summary>
public static class JobNames
{
    public const string CompactLake = "CompactLake", ReplaySpool = "ReplaySpool", EventsByNameSchedule = "EventsByNameSchedule", DailyReportsSchedule = "DailyReportsSchedule", ErasePeople = "ErasePeople";

    /// <summary>All of them; a test compares this with the functions.</summary>
    public static IReadOnlyList<string> All { get; } = [CompactLake, DailyReportsSchedule, ErasePeople, EventsByNameSchedule, ReplaySpool];
}
