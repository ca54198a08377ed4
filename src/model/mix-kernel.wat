;; The two loops of a mix, four parameters at a time (docs/PROTOCOL.md, X6 and X7). Every operation is an IEEE 754 one that rounds
;; to nearest, none is fused, and lanes are independent sums, so that the outcome is the same bits as a plain loop's.
;; All lengths are numbers of parameters and multiples of four; all places are bytes, multiples of 16.
(module
  (memory (export "memory") 1)

  ;; Adds (source - base)² to four partial sums: parameter k to the sum k mod 4.
  (func (export "distance") (param $base i32) (param $source i32) (param $length i32) (param $sums i32)
    (local $end i32) (local $b v128) (local $s v128) (local $d v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $base) (i32.shl (local.get $length) (i32.const 2))))
    (local.set $low (v128.load (local.get $sums)))
    (local.set $high (v128.load offset=16 (local.get $sums)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $base) (local.get $end)))
        (local.set $b (v128.load (local.get $base)))
        (local.set $s (v128.load (local.get $source)))
        (local.set $d (f64x2.sub (f64x2.promote_low_f32x4 (local.get $s)) (f64x2.promote_low_f32x4 (local.get $b))))
        (local.set $low (f64x2.add (local.get $low) (f64x2.mul (local.get $d) (local.get $d))))
        (local.set $b (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $b) (local.get $b)))
        (local.set $s (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $s) (local.get $s)))
        (local.set $d (f64x2.sub (f64x2.promote_low_f32x4 (local.get $s)) (f64x2.promote_low_f32x4 (local.get $b))))
        (local.set $high (f64x2.add (local.get $high) (f64x2.mul (local.get $d) (local.get $d))))
        (local.set $base (i32.add (local.get $base) (i32.const 16)))
        (local.set $source (i32.add (local.get $source) (i32.const 16)))
        (br $next)))
    (v128.store (local.get $sums) (local.get $low))
    (v128.store offset=16 (local.get $sums) (local.get $high)))

  ;; Weighted sum of sources, each clipped by its scale, in order. $sources is a table of records of 24 bytes:
  ;; place of the source (i32), 1 if it is clipped (i32), weight (f64), scale (f64).
  (func (export "sum") (param $out i32) (param $base i32) (param $length i32) (param $sources i32) (param $count i32)
    (local $at i32) (local $bytes i32) (local $record i32) (local $last i32)
    (local $v v128) (local $low v128) (local $high v128) (local $weight v128)
    (local $scale v128) (local $b v128) (local $baseLow v128) (local $baseHigh v128) (local $valueLow v128) (local $valueHigh v128)
    (local.set $bytes (i32.shl (local.get $length) (i32.const 2)))
    (local.set $last (i32.add (local.get $sources) (i32.mul (local.get $count) (i32.const 24))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
        (local.set $low (v128.const f64x2 0 0))
        (local.set $high (v128.const f64x2 0 0))
        (local.set $record (local.get $sources))
        (block $summed
          (loop $source
            (br_if $summed (i32.ge_u (local.get $record) (local.get $last)))
            (local.set $v (v128.load (i32.add (i32.load (local.get $record)) (local.get $at))))
            (local.set $weight (v128.load64_splat offset=8 (local.get $record)))
            (local.set $valueLow (f64x2.promote_low_f32x4 (local.get $v)))
            (local.set $valueHigh (f64x2.promote_low_f32x4
              (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))
            (if (i32.load offset=4 (local.get $record))
              (then
                (local.set $scale (v128.load64_splat offset=16 (local.get $record)))
                (local.set $b (v128.load (i32.add (local.get $base) (local.get $at))))
                (local.set $baseLow (f64x2.promote_low_f32x4 (local.get $b)))
                (local.set $baseHigh (f64x2.promote_low_f32x4
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $b) (local.get $b))))
                (local.set $valueLow (f64x2.add (local.get $baseLow)
                  (f64x2.mul (local.get $scale) (f64x2.sub (local.get $valueLow) (local.get $baseLow)))))
                (local.set $valueHigh (f64x2.add (local.get $baseHigh)
                  (f64x2.mul (local.get $scale) (f64x2.sub (local.get $valueHigh) (local.get $baseHigh)))))))
            (local.set $low (f64x2.add (local.get $low) (f64x2.mul (local.get $weight) (local.get $valueLow))))
            (local.set $high (f64x2.add (local.get $high) (f64x2.mul (local.get $weight) (local.get $valueHigh))))
            (local.set $record (i32.add (local.get $record) (i32.const 24)))
            (br $source)))
        (v128.store (i32.add (local.get $out) (local.get $at))
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
            (f32x4.demote_f64x2_zero (local.get $low)) (f32x4.demote_f64x2_zero (local.get $high))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))))
