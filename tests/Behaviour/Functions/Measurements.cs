using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Cairn.Behaviour.Functions;

/// <summary>Everything that the meter "Cairn" measured since this was made, in the whole process: other tests may run beside it.</summary>
sealed class Measurements : IDisposable
{
    readonly MeterListener listener = new();
    readonly ConcurrentBag<(string Name, double Value, string Tags)> seen = [];

    public Measurements()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Cairn") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
    }

    /// <summary>Names with their tags' names and values, as "name key=value key=value".</summary>
    public IReadOnlyCollection<(string Name, double Value, string Tags)> Seen
    {
        get
        {
            listener.RecordObservableInstruments();
            return seen;
        }
    }

    public void Dispose() => listener.Dispose();

    void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new List<string>();
        foreach (var tag in tags) texts.Add($"{tag.Key}={tag.Value}");
        seen.Add((instrument.Name, value, string.Join(' ', texts)));
    }
}
