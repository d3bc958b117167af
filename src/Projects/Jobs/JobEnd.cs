namespace Cairn.Projects.Jobs;

/// <summary>How a run of a job ended that threw nothing.</summary>
public enum JobEnd
{
    /// <summary>All that was due is done.</summary>
    Well,

    /// <summary>Somebody else is at it.</summary>
    LeftToAnother,

    /// <summary>Something was left for the next run, and logged.</summary>
    Partly,
}
