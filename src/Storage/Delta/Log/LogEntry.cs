using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;

namespace Cairn.Storage.Delta.Log;

/// <summary>
/// One version's file: an action a line, commitInfo first. Ours says in its commitInfo how many bytes follow and what their CRC-32 is, so that
/// a file cut between two lines is told from a whole one.
/// </summary>
/// <remarks>
/// <code>
/// {"commitInfo":{"timestamp":…,"operation":"WRITE","operationParameters":{},"isBlindAppend":false,"engineInfo":"cairn 1","txnId":"…","cairnBytes":417,"cairnCrc32":"0a1b2c3d"}}
/// {"txn":…}
/// {"add":…}
/// </code>
/// </remarks>
static class LogEntry
{
    public const string Engine = "cairn 1";

    const byte LineEnd = (byte)'\n';

    public static byte[] Write(DeltaCommit commit, DeltaProtocol? protocol, DeltaSnapshot? basis, long nowMs)
    {
        var body = new ArrayBufferWriter<byte>();
        if (protocol is not null) Line(body, json => ActionWriter.Protocol(json, protocol));
        if (commit.Metadata is not null) Line(body, json => ActionWriter.Metadata(json, commit.Metadata));
        foreach (var place in commit.Places) Line(body, json => ActionWriter.Transaction(json, new(place.AppId, place.Version, nowMs)));
        foreach (var path in commit.Removes)
        {
            var file = basis!.Files[path];
            Line(body, json => ActionWriter.Remove(json, new(path, nowMs, file.SizeBytes, file.PartitionValues), commit.DataChange));
        }
        foreach (var file in commit.Adds) Line(body, json => ActionWriter.Add(json, file, commit.DataChange));
        var whole = new ArrayBufferWriter<byte>();
        Line(whole, json => Info(json, commit, body.WrittenSpan.Length, Crc(body.WrittenSpan), nowMs));
        whole.Write(body.WrittenSpan);
        return whole.WrittenSpan.ToArray();
    }

    /// <summary>Adds one version's actions to a state.</summary>
    /// <exception cref="DeltaFormatException">The file is torn, altered or asks for what we do not read.</exception>
    public static void Read(string file, ReadOnlyMemory<byte> bytes, SnapshotBuilder into)
    {
        if (bytes.IsEmpty) throw new DeltaFormatException(file, 1, "the file is empty");
        into.BeginVersion();
        var line = 0;
        for (var rest = bytes; !rest.IsEmpty;)
        {
            line++;
            var length = rest.Span.IndexOf(LineEnd);
            var text = length < 0 ? rest : rest[..length];
            rest = length < 0 ? default : rest[(length + 1)..];
            try
            {
                using var action = JsonDocument.Parse(text);
                if (line == 1) CheckWhole(action.RootElement, rest.Span);
                ActionReader.Read(action.RootElement, into);
            }
            catch (Exception fault) when (ActionReader.IsFault(fault))
            {
                throw new DeltaFormatException(file, line, fault.Message, fault);
            }
        }
    }

    static void CheckWhole(JsonElement first, ReadOnlySpan<byte> rest)
    {
        if (!first.TryGetProperty("commitInfo", out var info) || !info.TryGetProperty("engineInfo", out var engine) || engine.GetString() != Engine) return;
        var length = info.GetProperty("cairnBytes").GetInt64();
        if (length != rest.Length) throw new FormatException($"{length} bytes should follow this line, not {rest.Length}");
        if (info.GetProperty("cairnCrc32").GetString() != Crc(rest)) throw new FormatException("the bytes after this line are not those that were written");
    }

    static void Info(Utf8JsonWriter json, DeltaCommit commit, int bodyBytes, string crc, long nowMs)
    {
        json.WriteStartObject("commitInfo");
        json.WriteNumber("timestamp", nowMs);
        json.WriteString("operation", commit.Operation);
        json.WriteStartObject("operationParameters");
        json.WriteEndObject();
        json.WriteBoolean("isBlindAppend", commit.Removes.IsEmpty && commit.Places.IsEmpty && commit.Metadata is null && !commit.NeedsBasisUnchanged);
        json.WriteString("engineInfo", Engine);
        json.WriteString("txnId", commit.Id);
        json.WriteNumber("cairnBytes", bodyBytes);
        json.WriteString("cairnCrc32", crc);
        json.WriteEndObject();
    }

    static string Crc(ReadOnlySpan<byte> bytes) => Crc32.HashToUInt32(bytes).ToString("x8", CultureInfo.InvariantCulture);

    static void Line(ArrayBufferWriter<byte> into, Action<Utf8JsonWriter> action)
    {
        using (var json = new Utf8JsonWriter(into, ActionWriter.Options))
        {
            json.WriteStartObject();
            action(json);
            json.WriteEndObject();
        }
        into.Write([LineEnd]);
    }
}
