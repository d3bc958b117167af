using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Segment;

/// <summary>The session that Segment's browser SDK keeps for Amplitude: <c>{"Actions Amplitude": {"session_id": 1749988800147}}</c>.</summary>
/// <remarks>Source: Segment docs, "Amplitude (Actions) Destination", "Browser Session Tracking".</remarks>
static class IntegrationSession
{
    /// <summary>The raw token of the session id in <c>integrations</c>; empty where there is none.</summary>
    public static ReadOnlyMemory<byte> Find(ReadOnlyMemory<byte> integrations)
    {
        if (integrations.Span[0] != '{' || integrations.Span.IndexOf("\"session_id\""u8) < 0) return default;
        var reader = JsonSlice.Read(integrations);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAmplitude = reader.ValueSpan.SequenceEqual("Actions Amplitude"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, integrations);
            if (isAmplitude && value.Span[0] == '{') return FindIn(value);
        }
        return default;
    }

    static ReadOnlyMemory<byte> FindIn(ReadOnlyMemory<byte> amplitude)
    {
        var reader = JsonSlice.Read(amplitude);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSession = reader.ValueSpan.SequenceEqual("session_id"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, amplitude);
            if (isSession) return value;
        }
        return default;
    }
}
