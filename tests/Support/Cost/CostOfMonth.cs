namespace Cairn.Support.Cost;

/// <summary>What a month costs at a number of events, from what was measured and the list prices.</summary>
/// <remarks>
/// <para>Batches: the consumer waits <see cref="MaxWaitSeconds"/> from a partition's first message, or until there are <see cref="BatchMessages"/>. With messages that come by chance, a partition has
/// one batch every (1 / rate + wait) seconds while they are few, and one for each hundred when they are many.</para>
/// <para>Compute: an instance is paid for while anything runs on it, a second at least. While requests are few each has its second; when they are many, as many instances as the processor time needs
/// at <see cref="Utilisation"/> are busy all the time.</para>
/// </remarks>
/// <param name="Events">A month.</param>
/// <param name="Partitions">Of the stream.</param>
public sealed record CostOfMonth(MeasuredCost Measured, double Events, int Partitions)
{
    /// <summary>As infra/modules/app.bicep sets it.</summary>
    public const double MaxWaitSeconds = 4;

    /// <summary>As host.json has it: with that many a batch waits no longer.</summary>
    public const double BatchMessages = 100;

    /// <summary>The busiest time against the month's mean.</summary>
    public const double Peak = 3;

    /// <summary>Of an instance's core.</summary>
    public const double Utilisation = 0.6;

    /// <summary>Memory of an instance.</summary>
    public const double InstanceGigabytes = 2;

    /// <summary>Profile updates among the events.</summary>
    public const double UpdateShare = 0.02;

    /// <summary>Bytes of a traced request in Log Analytics, and traces a second of one busy instance.</summary>
    public const double TraceBytes = 1_200, TracesPerSecond = 1;

    /// <summary>Bytes a minute that an instance's measurements take in Log Analytics: some sixty series.</summary>
    public const double MetricBytesPerMinute = 60 * 300;

    const double SecondsOfMonth = 730 * 3600, MinutesOfMonth = 730 * 60;

    public double Requests => Events / MeasuredCost.EventsPerRequest;

    public double Messages => Requests * Measured.MessagesPerRequest;

    /// <summary>Batches that the consumer stores.</summary>
    public double Batches
    {
        get
        {
            var perPartition = Messages / SecondsOfMonth / Partitions;
            return Messages / Math.Min(1 + (perPartition * MaxWaitSeconds), BatchMessages);
        }
    }

    /// <summary>Runs of compaction that commit something: every minute at most.</summary>
    public double Commits => Math.Min(MinutesOfMonth, Batches);

    /// <summary>Megabytes a second into the stream at the busiest time.</summary>
    public double PeakMegabytes => Events * Measured.StreamBytesPerEvent / SecondsOfMonth * Peak / 1e6;

    public double ThroughputUnits => Math.Max(1, Math.Ceiling(Math.Max(PeakMegabytes, Messages / SecondsOfMonth * Peak / 1_000)));

    public double StreamDollars => (ThroughputUnits * Price.ThroughputUnitHour * 730) + (Messages / 1e6 * Price.MillionMessages);

    /// <summary>Two timers a minute, one every five.</summary>
    static double TimerRuns => MinutesOfMonth * 2.2;

    public double Executions => Requests + Batches + TimerRuns;

    /// <summary>Instances that requests, and those that batches keep busy, on average.</summary>
    (double Requests, double Batches, double Timers) BusySeconds
    {
        get
        {
            // Half of a request's processor time is the door's, half the consumer's.
            var each = Requests * Measured.CpuMsPerRequest / 1e3 / 2 / Utilisation;
            var compaction = Events / 1e3 * Measured.CpuMsPerThousandCompacted / 1e3 / Utilisation;
            return (Busy(Requests, each), Busy(Batches, each), Math.Max(TimerRuns, compaction));
        }
    }

    public double Instances => (BusySeconds.Requests + BusySeconds.Batches + BusySeconds.Timers) / SecondsOfMonth;

    public double ComputeDollars =>
        (Math.Max(0, (Instances * SecondsOfMonth * InstanceGigabytes) - Price.FreeGigabyteSeconds) * Price.GigabyteSecond)
        + (Math.Max(0, Executions - Price.FreeExecutions) / 1e6 * Price.MillionExecutions);

    /// <summary>Requests to storage, by what they are billed as.</summary>
    public IReadOnlyDictionary<string, double> StorageRequests
    {
        get
        {
            var sum = new SortedDictionary<string, double>(StringComparer.Ordinal);
            Add(Measured.PerBatch, Batches);
            Add(Measured.PerUpdate, Events * UpdateShare);
            // Updates have files of their own beside those of events.
            Add(Measured.PerRecentFile, Batches + Math.Min(Batches, Events * UpdateShare));
            Add(Measured.PerCommit, Commits);
            Add(Measured.PerMillionEvents, Events / 1e6);
            Add(Measured.PerInstanceMinute, Instances * MinutesOfMonth);
            foreach (var (job, requests) in Measured.PerIdleRun) Add(requests, job == "EventsByNameSchedule" ? MinutesOfMonth / 5 : MinutesOfMonth);
            return sum;

            void Add(IReadOnlyDictionary<string, double> requests, double times)
            {
                foreach (var (kind, count) in requests) sum[kind] = sum.GetValueOrDefault(kind) + (count * times);
            }
        }
    }

    public double RequestsDollars(string service) =>
        StorageRequests.Where(one => one.Key.StartsWith(service, StringComparison.Ordinal)).Sum(one => one.Value / 1e4 * Price.TenThousandRequests[one.Key]);

    /// <summary>Requests for tables by the flat meter that older pages have.</summary>
    public double TablesByTheFlatMeterDollars => StorageRequests.Where(one => one.Key.StartsWith("table", StringComparison.Ordinal)).Sum(one => one.Value) / 1e4 * Price.FlatTenThousandTableRequests;

    /// <summary>What a month's events take in the lake.</summary>
    public double LakeGigabytes => Events * Measured.LakeBytesPerEvent / 1e9;

    /// <param name="months">How many months' events are kept.</param>
    public double LakeDollars(int months) => LakeGigabytes * months * Price.BlobGigabyteMonth;

    public double TelemetryDollars =>
        ((Math.Min(Executions, Math.Max(1, Instances) * SecondsOfMonth * TracesPerSecond) * TraceBytes) + (Instances * MinutesOfMonth * MetricBytesPerMinute)) / 1e9 * Price.LogGigabyte;

    /// <summary>With a year's events kept.</summary>
    public double TotalDollars => StreamDollars + ComputeDollars + RequestsDollars("blob") + RequestsDollars("table") + LakeDollars(12) + TelemetryDollars;

    /// <summary>Seconds that some instance is busy with runs that need this much processor time together.</summary>
    static double Busy(double runs, double cpuSeconds) => Math.Max(Math.Min(runs, SecondsOfMonth), cpuSeconds);
}
