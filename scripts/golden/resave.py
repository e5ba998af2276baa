"""Loads an adapter with PEFT on its base model and saves it again, as a user of PEFT would.

    python resave.py ADAPTER_DIR BASE_DIR OUT_DIR
"""

import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

adapter, base, out = sys.argv[1:4]
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
PeftModel.from_pretrained(model, adapter).save_pretrained(out)
