using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.LocalHost.Timers;

/// <summary>A schedule's state in a small JSON file, so that a run missed while the app was down is known.</summary>
sealed class TimerStatusFile(string path)
{
    static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Null where none was written yet, or a power cut left it unreadable: the schedule begins anew.</summary>
    public ScheduleStatus? Read()
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<ScheduleStatus>(File.ReadAllBytes(path), Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Write(ScheduleStatus status)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(status, Json));
        File.Move(path + ".new", path, overwrite: true);
    }
}
