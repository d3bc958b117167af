using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;

namespace Cairn.Api.V1.Flows;

/// <summary>Writes a flows answer, and the paths behind a number, as JSON.</summary>
static class FlowsJson
{
    public static void Write(Utf8JsonWriter json, FlowsAnswer answer)
    {
        json.WriteStartObject();
        json.WriteNumber("paths", answer.Paths);
        if (answer.Reached is { } reached) json.WriteNumber("reached", reached);
        else json.WriteNull("reached");
        json.WriteStartArray("levels");
        foreach (var level in answer.Levels)
        {
            json.WriteStartObject();
            json.WriteNumber("step", level.Step);
            json.WriteStartArray("nodes");
            foreach (var node in level.Nodes)
            {
                json.WriteStartObject();
                WriteName(json, node.Name);
                json.WriteNumber("count", node.Count);
                json.WriteNumber("events", node.Events);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("links");
        foreach (var link in answer.Links)
        {
            json.WriteStartObject();
            json.WriteNumber("step", link.Step);
            json.WriteNumber("from", link.From);
            json.WriteNumber("to", link.To);
            json.WriteNumber("count", link.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("top_paths");
        foreach (var path in answer.TopPaths)
        {
            json.WriteStartObject();
            json.WriteNumber("count", path.Count);
            json.WriteStartArray("steps");
            foreach (var step in path.Steps)
            {
                json.WriteStartObject();
                WriteName(json, step);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    public static void WritePaths(Utf8JsonWriter json, int count, IReadOnlyList<FoundPath> page, string? next, Coverage coverage)
    {
        json.WriteStartObject();
        json.WriteNumber("count", count);
        json.WriteStartArray("people");
        foreach (var path in page)
        {
            json.WriteStartObject();
            json.WriteString("person", path.Person);
            json.WriteString("at", CoverageHeaders.Iso(path.AtMs));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("next", next);
        CoverageJson.Write(json, coverage);
        json.WriteEndObject();
    }

    public static string KindWord(FlowNodeKind kind) => FlowsPeopleBody.Kinds.First(known => known.Meaning == kind).Word;

    static void WriteName(Utf8JsonWriter json, FlowNodeName name)
    {
        json.WriteString("kind", KindWord(name.Kind));
        json.WriteString("event", name.Event);
        json.WriteString("value", name.Value);
    }
}
