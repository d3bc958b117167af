namespace Cairn.Support;

/// <summary>Reads the tables of a page under docs, so that its examples can be replayed.</summary>
public static class DocTable
{
    /// <summary>The rows of every table whose header is exactly this; code marks are taken off a cell.</summary>
    public static IEnumerable<string[]> Rows(string page, string header)
    {
        var isInside = false;
        foreach (var line in File.ReadLines(Path.Combine(RepositoryFolder.Path, page)))
        {
            if (line == header) isInside = true;
            else if (!line.StartsWith('|')) isInside = false;
            else if (isInside && !line.StartsWith("| ---", StringComparison.Ordinal)) yield return Cells(line);
        }
    }

    /// <summary>Cells between bars; bars within code marks are part of the cell.</summary>
    static string[] Cells(string line)
    {
        var cells = new List<string>();
        var cell = "";
        var isCode = false;
        foreach (var c in line[1..])
        {
            if (c == '`') isCode = !isCode;
            else if (c == '|' && !isCode) { cells.Add(cell.Trim()); cell = ""; }
            else cell += c;
        }
        return [.. cells];
    }
}
