using System.Globalization;

namespace Cairn.Storage.Delta;

/// <summary>A table's log that is incomplete, altered, or uses a feature that we do not read; nothing of the asked-for state was handed out.</summary>
/// <param name="file">The blob at fault.</param>
/// <param name="line">From 1; for a checkpoint its row; 0 where the whole file is meant.</param>
/// <param name="fault">What should be there, and what is.</param>
public sealed class DeltaFormatException(string file, int line, string fault, Exception? inner = null)
    : Exception(line == 0 ? $"{file}: {fault}" : string.Create(CultureInfo.InvariantCulture, $"{file}: line {line}: {fault}"), inner)
{
    public string File => file;

    public int Line => line;

    public string Fault => fault;
}
