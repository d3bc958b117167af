namespace Cairn.Projects.Jobs;

/// <summary>How a run of a job ended that threw nothing. The numbers are stored.</summary>
public enum JobEnd
{
    /// <summary>All that was due is done.</summary>
    Well = 0,

    /// <summary>Somebody else is at it.</summary>
    LeftToAnother = 1,

    /// <summary>Something was left for the next run, and logged.</summary>
    Partly = 2,
}
