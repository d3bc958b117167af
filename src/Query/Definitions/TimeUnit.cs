namespace Cairn.Query.Definitions;

/// <summary>The calendar's units that a report counts by.</summary>
public enum TimeUnit { Minute, Hour, Day, Week, Month, Quarter }

/// <summary>How long one bucket of a report is.</summary>
/// <param name="Count">How many units to a bucket, from 1.</param>
public readonly record struct BucketSize(TimeUnit Unit, int Count = 1);
