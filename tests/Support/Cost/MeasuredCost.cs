using System.Text.Json;

namespace Cairn.Support.Cost;

/// <summary>What the pipeline uses for an event, counted at the doors of the services that bill it: docs/operations/cost.measured.json.</summary>
/// <param name="MeasuredOn">Where and when.</param>
/// <param name="StreamBytesPerEvent">Packed bytes of an event in a message of <see cref="EventsPerRequest"/>.</param>
/// <param name="MessagesPerRequest">Messages that a request of one person becomes.</param>
/// <param name="LakeBytesPerEvent">Bytes of the events' table, once its files are merged.</param>
/// <param name="CpuMsPerRequest">Processor time of a request until it is stored, milliseconds.</param>
/// <param name="CpuMsPerThousandCompacted">Processor time of moving a thousand events into the lake and merging them, milliseconds.</param>
/// <param name="PerBatch">Requests to storage for each batch that the consumer stores, by what they are billed as.</param>
/// <param name="PerUpdate">The same for each profile update beside its batch.</param>
/// <param name="PerRecentFile">The same for each recent file that compaction takes in.</param>
/// <param name="PerCommit">The same for each run of compaction that commits, files aside.</param>
/// <param name="PerMillionEvents">The same for a million events that come in large batches, from the stream to merged files.</param>
/// <param name="PerInstanceMinute">The same for each minute of an instance, whatever it does.</param>
/// <param name="PerIdleRun">The same for a run of each job that finds nothing to do.</param>
public sealed record MeasuredCost(
    string MeasuredOn,
    double StreamBytesPerEvent,
    double MessagesPerRequest,
    double LakeBytesPerEvent,
    double CpuMsPerRequest,
    double CpuMsPerThousandCompacted,
    IReadOnlyDictionary<string, double> PerBatch,
    IReadOnlyDictionary<string, double> PerUpdate,
    IReadOnlyDictionary<string, double> PerRecentFile,
    IReadOnlyDictionary<string, double> PerCommit,
    IReadOnlyDictionary<string, double> PerMillionEvents,
    IReadOnlyDictionary<string, double> PerInstanceMinute,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> PerIdleRun)
{
    /// <summary>Events of a request while it is measured, all of one person, as SDKs batch them.</summary>
    public const int EventsPerRequest = 10;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    static string File => RepositoryFolder.Of("docs", "operations", "cost.measured.json");

    /// <summary>What was kept last.</summary>
    public static MeasuredCost Read() => JsonSerializer.Deserialize<MeasuredCost>(System.IO.File.ReadAllText(File), Json)!;

    public void Keep() => System.IO.File.WriteAllText(File, JsonSerializer.Serialize(this, Json) + "\n");
}
