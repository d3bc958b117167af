using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Flows;

/// <summary>What paths can go through, each with a number: an event, or an event with a value it is told apart by.</summary>
/// <remarks>One worker's own: its numbers are its own as well.</remarks>
sealed class FlowNodes
{
    /// <summary>Bytes of a node beside its value's characters.</summary>
    const long BytesOfNode = 160;

    readonly FlowsPlan plan;
    readonly ReportMemory memory;
    readonly List<(string Event, string? Value)> nodes = [];
    readonly Dictionary<(string Event, string Value), int> valued = [];
    readonly ValueMemo<int>[] expansions;
    int[] byStored = [-1];
    bool[] isHidden = [];
    int[] expanded = [], expandedRows = [], expandedNodes = [];

    public FlowNodes(FlowsPlan plan, ReportMemory memory)
    {
        (this.plan, this.memory) = (plan, memory);
        expansions = [.. plan.Definition.Expansions.Select((expansion, index) => new ValueMemo<int>(plan.Expansions[index], value => ValuedNode(expansion.Event, value)))];
    }

    public int Count => nodes.Count;

    /// <summary>The event of a node, and its value where it is told apart by one.</summary>
    public (string Event, string? Value) this[int node] => nodes[node];

    /// <summary>Whether a node is passed over unless it is an anchor or the goal.</summary>
    public bool IsHidden(int node) => isHidden[node];

    /// <summary>The node of each matched row.</summary>
    public void Fill(PartColumns part, StepMatches matches, Span<int> result)
    {
        part.Events.Codes.LookUp(TableFor(part.Events.Pool), matches.Rows, result);
        for (var i = 0; i < expansions.Length; i++) Expand(part, matches, result, i);
    }

    void Expand(PartColumns part, StepMatches matches, Span<int> result, int expansion)
    {
        var code = part.Events.Pool.Find(plan.Definition.Expansions[expansion].Event);
        if (code < 0) return;
        var plain = byStored[code + 1];
        if (expanded.Length < result.Length) (expanded, expandedRows, expandedNodes) = (new int[result.Length], new int[result.Length], new int[result.Length]);
        var count = 0;
        for (var i = 0; i < result.Length; i++)
            if (result[i] == plain) (expanded[count], expandedRows[count++]) = (i, matches.Rows[i]);
        expansions[expansion].Evaluate(part, expandedRows.AsSpan(0, count), expandedNodes.AsSpan(0, count));
        for (var i = 0; i < count; i++) result[expanded[i]] = expandedNodes[i];
    }

    ReadOnlySpan<int> TableFor(TextPool names)
    {
        var (known, count) = (byStored.Length, names.Count + 1);
        if (count <= known) return byStored;
        Array.Resize(ref byStored, count);
        for (var stored = known; stored < count; stored++) byStored[stored] = Add(names[stored - 1], null);
        return byStored;
    }

    int ValuedNode(string name, Value value)
    {
        var text = value.IsMissing || value.Kind == ValueKind.List && value.Items.Count == 0 ? plan.Definition.Switches.MissingKey : ValueText.Of(value);
        if (valued.TryGetValue((name, text), out var node)) return node;
        memory.Take(BytesOfNode + text.Length * sizeof(char), "expand", "expand by properties with fewer values, or filter");
        valued.Add((name, text), node = Add(name, text));
        return node;
    }

    int Add(string name, string? value)
    {
        nodes.Add((name, value));
        if (isHidden.Length < nodes.Count) Array.Resize(ref isHidden, Math.Max(16, isHidden.Length * 2));
        isHidden[nodes.Count - 1] = plan.IsHidden(name);
        return nodes.Count - 1;
    }
}
