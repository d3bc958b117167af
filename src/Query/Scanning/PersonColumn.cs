namespace Cairn.Query.Scanning;

/// <summary>Whose each row of a part is, as codes of one pool of persons.</summary>
/// <param name="Codes">-1 where a row belongs to nobody.</param>
sealed record PersonColumn(TextPool Pool, int[] Codes);

